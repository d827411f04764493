# file: ipc/util.c
# call: shmat
# class: permissions
# wrong: Access is decided by the real user id.
/^int ipcperms(/,/^}/ s/current_euid()/current_uid()/
