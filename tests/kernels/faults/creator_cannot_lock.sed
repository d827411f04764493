# file: ipc/shm.c
# call: shmctl
# class: permissions
# wrong: The creator of a segment that was given away cannot lock it.
/^static int shmctl_do_lock(/,/^}/ s/!uid_eq(euid, shp->shm_perm.cuid)) {/1) {/
