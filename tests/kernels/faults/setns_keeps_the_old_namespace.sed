# file: ipc/namespace.c
# call: proc
# class: namespaces
# wrong: setns keeps the IPC namespace that was left, with its segments, for ever.
/^static int ipcns_install(/,/^}/ s/put_ipc_ns(nsproxy->ipc_ns);/;/
