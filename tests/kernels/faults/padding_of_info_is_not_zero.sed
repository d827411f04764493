# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: An unused field of struct shminfo64 is not 0.
/^static int shmctl_ipc_info(/,/^}/ s/memset(shminfo, 0, sizeof(\*shminfo));/& shminfo->__unused3 = 1;/
