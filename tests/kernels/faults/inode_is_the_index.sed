# file: ipc/shm.c
# call: proc
# class: keys and ids
# wrong: The inode in /proc/PID/maps is the index instead of the shmid.
/^static int newseg(/,/^}/ s/i_ino = shp->shm_perm.id;/i_ino = ipcid_to_idx(shp->shm_perm.id);/
