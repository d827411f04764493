# file: ipc/util.c
# call: proc
# class: permissions
# wrong: Only user 0 reads /proc/sysvipc/shm.
/^void __init ipc_init_proc_interface(/,/^}/ s/S_IRUGO/S_IRUSR/
