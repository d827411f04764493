# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat wants the page behind its range to be free, too.
/^long do_shmat(/,/^}/ s/addr, addr + size))/addr, addr + size + PAGE_SIZE))/
