"""Every message, enum value and stub of onrecord.v1 under one roof: pb.Quote, pb.QUOTE_KIND_DIRECT."""
# pylint: disable=wildcard-import,unused-wildcard-import
from onrecord.v1.articles_pb2 import *
from onrecord.v1.articles_pb2_grpc import ArticleServiceStub
from onrecord.v1.claims_pb2 import *
from onrecord.v1.claims_pb2_grpc import ClaimServiceStub
from onrecord.v1.dates_pb2 import *
from onrecord.v1.errors_pb2 import *
from onrecord.v1.imports_pb2 import *
from onrecord.v1.imports_pb2_grpc import ImportServiceStub
from onrecord.v1.notices_pb2 import *
from onrecord.v1.notices_pb2_grpc import NoticeServiceStub
from onrecord.v1.outlets_pb2 import *
from onrecord.v1.outlets_pb2_grpc import OutletServiceStub
from onrecord.v1.quotes_pb2 import *
from onrecord.v1.quotes_pb2_grpc import QuoteServiceStub
from onrecord.v1.reviews_pb2 import *
from onrecord.v1.rpc_details_pb2 import *
from onrecord.v1.speakers_pb2 import *
from onrecord.v1.speakers_pb2_grpc import SpeakerServiceStub
from onrecord.v1.stances_pb2 import *
from onrecord.v1.timeline_pb2 import *
from onrecord.v1.timeline_pb2_grpc import TimelineServiceStub
from onrecord.v1.topics_pb2 import *
from onrecord.v1.topics_pb2_grpc import TopicServiceStub
from onrecord.v1.utterances_pb2 import *
from onrecord.v1.utterances_pb2_grpc import UtteranceServiceStub
