# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A shmat that fails writes lpid.
/^long do_shmat(/,/^}/ s/^\tshp->shm_nattch--;/& if (err) ipc_update_pid(\&shp->shm_lprid, task_tgid(current));/
