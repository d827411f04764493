# file: ipc/shm.c
# call: shmctl
# class: counts
# wrong: SHM_INFO counts indexes below the highest that are not used.
/^static int shmctl_shm_info(/,/^}/ s/shm_ids(ns).in_use;/ipc_get_maxidx(\&shm_ids(ns)) + 1;/
