# file: ipc/shm.c
# call: proc
# class: namespaces
# wrong: An attachment that has ended keeps its IPC namespace, with its segments, for ever.
/^static int shm_release(/,/^}/ s/put_ipc_ns(sfd->ns);/;/
