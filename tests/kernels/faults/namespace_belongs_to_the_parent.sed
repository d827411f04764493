# file: ipc/namespace.c
# call: namespaces
# class: namespaces
# wrong: A new IPC namespace belongs to the user namespace of the old one.
/^static struct ipc_namespace \*create_ipc_ns(/,/^}/ s/get_user_ns(user_ns)/get_user_ns(old_ns->user_ns)/
