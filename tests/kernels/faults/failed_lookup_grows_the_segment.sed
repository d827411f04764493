# file: ipc/shm.c
# call: shmctl
# class: failed call
# wrong: A shmget that fails for its size has changed the size of the segment.
/^static int shm_more_checks(/,/^}/ s/return -EINVAL;/return shp->shm_segsz = params->u.size, -EINVAL;/
