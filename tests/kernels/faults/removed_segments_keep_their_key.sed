# file: ipc/shm.c
# call: shmget
# class: removal
# wrong: The key of a removed segment that is still attached finds it.
/^static void do_shm_rmid(/,/^}/ s/ipc_set_key_private(.*);/;/
