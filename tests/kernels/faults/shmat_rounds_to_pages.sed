# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: SHM_RND rounds down to a page instead of to SHMLBA.
/^long do_shmat(/,/^}/ s/addr &= ~(shmlba - 1);/addr \&= PAGE_MASK;/
