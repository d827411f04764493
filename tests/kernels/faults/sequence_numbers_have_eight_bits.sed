# file: ipc/util.h
# call: shmctl
# class: keys and ids
# wrong: Of the sequence number of an id only the lower eight bits are compared.
/^static inline int ipc_checkid(/,/^}/ s/ipcid_to_seqx(id) != ipcp->seq/((ipcid_to_seqx(id) ^ ipcp->seq) \& 0xff) != 0/
