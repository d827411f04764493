# file: ipc/shm.c
# call: shmat
# class: attachments
# wrong: SHM_REMAP without an address attaches anywhere.
/^long do_shmat(/,/^}/ s/} else if ((shmflg & SHM_REMAP))/} else if (0)/
