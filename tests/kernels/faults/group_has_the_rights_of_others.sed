# file: ipc/util.c
# call: shmat
# class: permissions
# wrong: The group has the bits of the others besides its own.
/^int ipcperms(/,/^}/ s/granted_mode >>= 3;/granted_mode |= granted_mode >> 3;/
