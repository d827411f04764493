# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: The root of a user namespace cannot write the limits of its IPC namespace.
/^static void ipc_set_ownership(/,/^}/ s/make_kuid(ns->user_ns, 0)/GLOBAL_ROOT_UID/
