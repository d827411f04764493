# file: ipc/shm.c
# call: proc
# class: limits
# wrong: SHM_UNLOCK leaves the pages among those that cannot be evicted.
/^static int shmctl_do_lock(/,/^}/ s/shmem_unlock_mapping(shm_file->f_mapping);/;/
