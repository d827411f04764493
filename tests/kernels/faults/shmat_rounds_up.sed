# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: SHM_RND rounds up to a multiple of SHMLBA.
/^long do_shmat(/,/^}/ s/addr &= ~(shmlba - 1);/addr = ALIGN(addr, shmlba);/
