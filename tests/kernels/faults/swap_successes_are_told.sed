# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: SHM_INFO tells successes in swapping, which are always 0.
/^static int shmctl_shm_info(/,/^}/ s/swap_successes = 0;/swap_successes = 1;/
