# file: ipc/util.c
# call: shmat
# class: permissions
# wrong: The owner has the bits of the group besides its own.
/^int ipcperms(/,/^}/ s/granted_mode >>= 6;/granted_mode = granted_mode >> 6 | granted_mode >> 3;/
