# file: ipc/namespace.c
# call: namespaces
# class: namespaces
# wrong: An IPC namespace that has ended still counts in user.max_ipc_namespaces.
/^static void free_ipc_ns(/,/^}/ s/dec_ipc_namespaces(ns->ucounts);/;/
