# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: SHM_INFO tells attempts to swap, which are always 0.
/^static int shmctl_shm_info(/,/^}/ s/swap_attempts = 0;/swap_attempts = 1;/
