# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: IPC_SET of the old layout takes the uid for the gid.
/^copy_shmid_from_user(/,/^}/ s/= tbuf_old.shm_perm.gid;/= tbuf_old.shm_perm.uid;/
