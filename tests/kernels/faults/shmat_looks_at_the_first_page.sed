# file: ipc/shm.c
# call: shmat
# class: edge of a range
# wrong: shmat finds out whether the first page of its range is free, and not the others.
/^long do_shmat(/,/^}/ s/addr, addr + size))/addr, addr + PAGE_SIZE))/
