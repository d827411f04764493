# file: ipc/shm.c
# call: proc
# class: fields
# wrong: /proc/sysvipc/shm leaves SHM_DEST and SHM_LOCKED out of the mode.
/^static int sysvipc_shm_proc_show(/,/^}/ s/shp->shm_perm.mode,/shp->shm_perm.mode \& S_IRWXUGO,/
