# file: ipc/shm.c
# call: shmget
# class: edge of a range
# wrong: shmget refuses to find a segment by its exact size.
/^static int shm_more_checks(/,/^}/ s/shm_segsz < params/shm_segsz <= params/
