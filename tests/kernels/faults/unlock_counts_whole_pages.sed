# file: mm/mlock.c
# call: shmctl
# class: limits
# wrong: SHM_UNLOCK does not give back the page that a segment fills in part.
/^void user_shm_unlock(/,/^}/ s/(size + PAGE_SIZE - 1) >> PAGE_SHIFT/size >> PAGE_SHIFT/
