# file: ipc/shm.c
# call: shmctl
# class: errors
# wrong: SHM_INFO answers EINVAL to a buffer that cannot be written.
/^static long ksys_shmctl(/,/^}/ { /case SHM_INFO/,/}/ s/-EFAULT/-EINVAL/ }
