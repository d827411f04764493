# file: ipc/shm.c
# call: proc
# class: keys and ids
# wrong: /proc/sysvipc/shm tells negative keys as large positive ones.
/^static int sysvipc_shm_proc_show(/,/^}/ s/"%10d %10d /"%10u %10d /
