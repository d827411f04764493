# file: mm/mlock.c
# call: shmctl
# class: limits
# wrong: SHM_LOCK refuses the last page that RLIMIT_MEMLOCK allows.
/^int user_shm_lock(/,/^}/ s/memlock > lock_limit/memlock >= lock_limit/
