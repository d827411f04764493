# file: ipc/shm.c
# call: proc
# class: attachments
# wrong: shmat under mlockall(MCL_FUTURE) does not load the pages.
/^long do_shmat(/,/^}/ s/if (populate)/if (0)/
