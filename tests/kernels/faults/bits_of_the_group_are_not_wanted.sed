# file: ipc/util.c
# call: shmget
# class: permissions
# wrong: shmget does not look at the bits for the group in the mode that it asks for.
/^int ipcperms(/,/^}/ s/(flag >> 6) | (flag >> 3) | flag/(flag >> 6) | flag/
