# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: The padding behind seq in struct ipc64_perm is not 0.
/^static int shmctl_stat(/,/^}/ s/memset(tbuf, 0, sizeof(\*tbuf));/& tbuf->shm_perm.__pad2 = cmd;/
