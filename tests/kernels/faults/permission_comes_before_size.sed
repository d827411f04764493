# file: ipc/util.c
# call: shmget
# class: errors
# wrong: shmget answers EACCES before it looks at the size.
/^static int ipcget_public(/,/^}/ s/if (ops->more_checks)/if (ops->more_checks \&\& !ipcperms(ns, ipcp, params->flg))/
