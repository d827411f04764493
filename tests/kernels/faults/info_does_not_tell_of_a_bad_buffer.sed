# file: ipc/shm.c
# call: shmctl
# class: errors
# wrong: IPC_INFO succeeds with a buffer that cannot be written.
/^static long ksys_shmctl(/,/^}/ { /case IPC_INFO/,/}/ s/err = -EFAULT;/;/ }
