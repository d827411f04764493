# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: An unused field of the old layout is not 0.
/ copy_shmid_to_user(void/,/^}/ s/memset(&out, 0, sizeof(out));/& out.shm_unused = version + 1;/
