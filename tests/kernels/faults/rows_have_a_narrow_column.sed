# file: ipc/shm.c
# call: proc
# class: fields
# wrong: The column of nattch in /proc/sysvipc/shm is not padded.
/^static int sysvipc_shm_proc_show(/,/^}/ s/"%5lu %5u/"%lu %5u/
