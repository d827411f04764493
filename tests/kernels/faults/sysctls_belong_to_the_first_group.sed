# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: The files of the limits have group 0 of the first user namespace in each of them.
/^static void ipc_set_ownership(/,/^}/ s/make_kgid(ns->user_ns, 0)/GLOBAL_ROOT_GID/
