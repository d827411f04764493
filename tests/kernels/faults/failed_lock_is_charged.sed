# file: mm/mlock.c
# call: shmctl
# class: failed call
# wrong: A SHM_LOCK that fails for RLIMIT_MEMLOCK stays charged to the user.
/^int user_shm_lock(/,/^}/ { /capable(CAP_IPC_LOCK)/,/goto out/ s/dec_rlimit_ucounts(.*);/;/ }
