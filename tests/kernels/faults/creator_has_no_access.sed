# file: ipc/util.c
# call: shmat
# class: permissions
# wrong: The creator of a segment that was given away is one of the others.
/^int ipcperms(/,/^}/ s/uid_eq(euid, ipcp->cuid) ||/0 ||/
