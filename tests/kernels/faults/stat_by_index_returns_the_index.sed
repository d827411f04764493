# file: ipc/shm.c
# call: shmctl
# class: keys and ids
# wrong: SHM_STAT returns the index instead of the shmid.
/^static int shmctl_stat(/,/^}/ s/err = shp->shm_perm.id;/err = ipcid_to_idx(shp->shm_perm.id);/
