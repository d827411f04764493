# file: ipc/shm.c
# call: shmat
# class: attachments
# wrong: A removed segment that is still attached cannot be attached again.
/^long do_shmat(/,/^}/ s/if (!ipc_valid_object(&shp->shm_perm)) {/if (!ipc_valid_object(\&shp->shm_perm) || (shp->shm_perm.mode \& SHM_DEST)) {/
