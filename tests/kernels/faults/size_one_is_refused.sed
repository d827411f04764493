# file: ipc/shm.c
# call: shmget
# class: edge of a range
# wrong: shmget refuses the size 1.
/^static int newseg(/,/^}/ s/size < SHMMIN/size <= SHMMIN/
