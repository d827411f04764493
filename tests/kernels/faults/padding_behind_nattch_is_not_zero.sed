# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: The last field of struct shmid64_ds is not 0.
/^static int shmctl_stat(/,/^}/ s/memset(tbuf, 0, sizeof(\*tbuf));/& tbuf->__unused5 = cmd;/
