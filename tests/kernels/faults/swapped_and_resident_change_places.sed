# file: ipc/shm.c
# call: shmctl
# class: counts
# wrong: SHM_INFO tells resident pages as swapped ones.
/^static int shmctl_shm_info(/,/^}/ s/&shm_info->shm_rss, &shm_info->shm_swp/\&shm_info->shm_swp, \&shm_info->shm_rss/
