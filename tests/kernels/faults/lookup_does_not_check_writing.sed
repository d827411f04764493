# file: ipc/util.c
# call: shmget
# class: permissions
# wrong: shmget finds a segment whose mode refuses writing, although it was asked for.
/^static int ipc_check_perms(/,/^}/ s/ipcperms(ns, ipcp, params->flg)/ipcperms(ns, ipcp, params->flg \& S_IRUGO)/
