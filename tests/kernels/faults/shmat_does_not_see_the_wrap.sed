# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat does not see that its range wraps around.
/^long do_shmat(/,/^}/ s/if (addr + size < addr)/if (0)/
