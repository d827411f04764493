# file: ipc/shm.c
# call: shmget
# class: edge of a range
# wrong: shmget does not see that a size rounded up to pages overflows.
/^static int newseg(/,/^}/ s/numpages << PAGE_SHIFT < size/0/
