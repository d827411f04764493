# file: ipc/shm.c
# call: proc
# class: fields
# wrong: /proc/sysvipc/shm tells gid for cgid.
/^static int sysvipc_shm_proc_show(/,/^}/ s/shp->shm_perm.cgid)/shp->shm_perm.gid)/
