# file: mm/mlock.c
# call: shmctl
# class: limits
# wrong: SHM_LOCK does not charge the page that a segment fills in part.
/^int user_shm_lock(/,/^}/ s/(size + PAGE_SIZE - 1) >> PAGE_SHIFT/size >> PAGE_SHIFT/
