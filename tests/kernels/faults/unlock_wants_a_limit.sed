# file: ipc/shm.c
# call: shmctl
# class: permissions
# wrong: SHM_UNLOCK is refused where RLIMIT_MEMLOCK is 0.
/^static int shmctl_do_lock(/,/^}/ s/cmd == SHM_LOCK && !rlimit(RLIMIT_MEMLOCK)/!rlimit(RLIMIT_MEMLOCK)/
