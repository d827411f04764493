# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: SHM_RND refuses to round down to address 0 without SHM_REMAP, too.
/^long do_shmat(/,/^}/ s/if (!addr && (shmflg & SHM_REMAP))/if (!addr)/
