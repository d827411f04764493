# file: ipc/shm.c
# call: proc
# class: namespaces
# wrong: /proc/sysvipc/shm tells users and groups as the first user namespace has them.
/^static int sysvipc_shm_proc_show(/,/^}/ s/seq_user_ns(s)/\&init_user_ns/
